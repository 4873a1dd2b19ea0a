#pragma once
#include <zlib.h>

/* A macro; 32 tells zlib and gzip apart by their first bytes. */
static inline int anyllm_inflate_begin(z_stream *stream) {
  return inflateInit2(stream, 32 + MAX_WBITS);
}
