/*
 * deposit.h
 *		Settings of deposits.
 */
#ifndef TERRCARBON_DEPOSIT_H
#define TERRCARBON_DEPOSIT_H

extern void deposit_define_settings(void);

#endif /* TERRCARBON_DEPOSIT_H */
