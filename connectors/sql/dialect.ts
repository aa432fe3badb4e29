/** The databases that are spoken to; `mysql` stands for MariaDB too. */
export const dialects = ['postgresql', 'mysql', 'sqlite'] as const;
export type Dialect = (typeof dialects)[number];
