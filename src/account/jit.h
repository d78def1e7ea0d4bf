/*
 * jit.h
 *		Plans of accounts are not compiled.
 */
#ifndef TERRCARBON_JIT_H
#define TERRCARBON_JIT_H

extern void jit_init(void);

#endif /* TERRCARBON_JIT_H */
