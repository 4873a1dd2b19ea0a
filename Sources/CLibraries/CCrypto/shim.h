#pragma once
/* SHA256_CTX is a plain value: an HMAC key prepared once costs nothing to begin again. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* Macros do not import. */
static inline int anyllm_ssl_prepare(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/* The context keeps a certificate of its own. */
static inline int anyllm_ssl_add_chain(SSL_CTX *context, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(context, certificate);
}

/* Of what the client offers, HTTP/1.1 is all that is spoken. */
static inline int anyllm_ssl_choose(SSL *ssl, const unsigned char **chosen, unsigned char *length,
                                    const unsigned char *offered, unsigned int count, void *owner) {
  static const unsigned char spoken[] = "\x08http/1.1";
  (void)ssl;
  (void)owner;
  if (SSL_select_next_proto((unsigned char **)chosen, length, spoken, 9, offered, count) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  return SSL_TLSEXT_ERR_OK;
}

static inline void anyllm_ssl_speak_http(SSL_CTX *context) {
  SSL_CTX_set_alpn_select_cb(context, anyllm_ssl_choose, 0);
}
