import { Refusal } from '../refusal.ts';
import { type Customer, customerOf } from '../seed/customers.ts';

/** @throws {Refusal} `NOT_FOUND` */
export function requireCustomer(customerId: string): Customer {
  const customer = customerOf(customerId);
  if (customer === undefined) throw new Refusal('NOT_FOUND', `no customer ${customerId}`);
  return customer;
}
