/* Read-only and mapped from the program's file: a page costs nothing until it is touched. */
  .macro embed name, file
  .balign 64
  .global anyllm_\name\()_start
  .global anyllm_\name\()_end
anyllm_\name\()_start:
  .incbin "\file"
anyllm_\name\()_end:
  .byte 0
  .endm

  .section .rodata.anyllm, "a"
  embed o200k, "o200k.bin"
  embed models, "models.tsv"
  embed betas, "betas.tsv"
  .section .note.GNU-stack, "", %progbits
