#pragma once
#include <stdint.h>

/* The files that embedded.S holds, each from its first byte to behind its last. */
extern const uint8_t anyllm_o200k_start[], anyllm_o200k_end[];
extern const uint8_t anyllm_models_start[], anyllm_models_end[];
extern const uint8_t anyllm_betas_start[], anyllm_betas_end[];

#pragma clang assume_nonnull begin
/* Swift does not import arrays without a length. */
static inline const uint8_t *anyllm_o200k(void) { return anyllm_o200k_start; }
static inline const uint8_t *anyllm_o200k_behind(void) { return anyllm_o200k_end; }
static inline const uint8_t *anyllm_models(void) { return anyllm_models_start; }
static inline const uint8_t *anyllm_models_behind(void) { return anyllm_models_end; }
static inline const uint8_t *anyllm_betas(void) { return anyllm_betas_start; }
static inline const uint8_t *anyllm_betas_behind(void) { return anyllm_betas_end; }
#pragma clang assume_nonnull end
