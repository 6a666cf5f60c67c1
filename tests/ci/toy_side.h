/* toy_side.h - one side's benchmarks, made by hand: a rung benchmark and one with a parameter. */
#ifndef LB_TEST_TOY_SIDE_H
#define LB_TEST_TOY_SIDE_H

#include "ci/listing_json.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOY_ROW(benchmark, variant, mode, slash, point, parameter, value, revision)                \
    "{\"id\":\"" benchmark "/" variant "/" mode slash point "\",\"benchmark\":\"" benchmark        \
    "\",\"variant\":\"" variant "\",\"mode\":\"" mode "\",\"point\":\"" point                      \
    "\",\"working_set_bytes\":4096,\"parameter_value\":" value ",\"elements\":511,"                \
    "\"op\":\"read\",\"revision\":" revision ",\"parameter\":" parameter                           \
    ",\"seed\":1,\"input_generator\":\"toy/1\",\"source_file\":\"toy.c\",\"source_line\":7}"

#define TOY_RUNG(variant, rung) TOY_ROW("toy/sum", variant, "", "", "ws=" rung, "null", "null", "1")
#define TOY_STEP(mode, value)                                                                      \
    TOY_ROW("toy/step", "plain", mode, "/", "bytes=" value, "\"bytes\"", value, "1")

#define TOY_LIST                                                                                                                                                            \
    "[" TOY_RUNG("inline", "256KiB") "," TOY_RUNG("inline", "16MiB") "," TOY_RUNG(                                                                                          \
        "inline",                                                                                                                                                           \
        "64Mi"                                                                                                                                                              \
        "B") "," TOY_RUNG("boxed",                                                                                                                                          \
                          "256KiB") "," TOY_RUNG("boxed",                                                                                                                   \
                                                 "64MiB") "," TOY_STEP("near",                                                                                              \
                                                                       "8") "," TOY_STEP("near",                                                                            \
                                                                                         "16") "," TOY_STEP("near",                                                         \
                                                                                                            "128") "," TOY_STEP("far",                                      \
                                                                                                                                "8") "," TOY_STEP("far",                    \
                                                                                                                                                  "16") "," TOY_STEP("far", \
                                                                                                                                                                     "128") "]"

#endif
