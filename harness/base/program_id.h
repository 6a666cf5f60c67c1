/*
 * program_id.h - which program this is, to the byte: a digest of its own file and of the build ids
 * of the libraries that it runs with. What depends on nothing but the code may be kept under it.
 */
#ifndef LB_PROGRAM_ID_H
#define LB_PROGRAM_ID_H

#include <stdbool.h>
#include <stdint.h>

enum { LB_DIGEST_BYTES = 17 };

/* FNV-1a 64: tells contents apart, and guards against nothing. Begin with hash = LB_HASH_BEGIN. */
#define LB_HASH_BEGIN UINT64_C(0xcbf29ce484222325)
uint64_t lb_program_hash(uint64_t hash, const void *bytes, uint64_t count);

/* 16 hexadecimal digits. False when the program's file, or a library's, cannot be read. */
bool lb_program_id(char digest[LB_DIGEST_BYTES]);

#endif
