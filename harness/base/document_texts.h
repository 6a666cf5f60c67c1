/*
 * document_texts.h - how long texts of a results document may be, for the harness, which writes
 * them, and for the gate, which reads them. In bytes, with the zero behind them.
 */
#ifndef LB_DOCUMENT_TEXTS_H
#define LB_DOCUMENT_TEXTS_H

enum {
    LB_REASON_BYTES = 400,            /* why a case, or a reading of it, is not there */
    LB_FINGERPRINT_VALUE_BYTES = 384, /* of one field */
};

#endif
