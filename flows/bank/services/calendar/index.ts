import Type from 'typebox';
import { toDay, toInstant } from '../../clock.ts';
import { Day, Instant } from '../../fields.ts';
import { query, type Service } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import { addBusinessDays, isBusinessDay } from './days.ts';

/** Opening hours by Chinese wall clock. HVPS opens on the evening before; here the sample keeps to the day itself. */
const systems = {
  hvps: { opens: '08:30', cutOff: '17:15', everyDay: false },
  beps: { opens: '00:00', cutOff: '24:00', everyDay: true },
  ibps: { opens: '00:00', cutOff: '24:00', everyDay: true },
  bills: { opens: '09:00', cutOff: '17:00', everyDay: false },
} as const;

const getDay = query({
  title: { en: 'Is a day a business day?', zh: '查询是否营业日' },
  method: 'GET',
  path: '/days/{day}',
  input: Type.Object({ day: Day }),
  output: Type.Object({ day: Day, isBusinessDay: Type.Boolean(), nextBusinessDay: Day }),
  handle: ({ day }) => {
    requireDay(day);
    return { day, isBusinessDay: isBusinessDay(day), nextBusinessDay: addBusinessDays(day, 1) };
  },
});

const addDays = query({
  title: { en: 'Add business days', zh: '推算营业日' },
  method: 'GET',
  path: '/days/{day}/plus',
  query: ['count'],
  input: Type.Object({ day: Day, count: Type.Integer({ minimum: -250, maximum: 250 }) }),
  output: Type.Object({ day: Day }),
  handle: ({ day, count }) => {
    requireDay(day);
    return { day: addBusinessDays(day, count) };
  },
});

const getSystemHours = query({
  title: { en: 'Is a payment system open?', zh: '查询支付系统营业时间' },
  method: 'GET',
  path: '/systems/{system}',
  query: ['at'],
  input: Type.Object({
    system: Type.Enum(['hvps', 'beps', 'ibps', 'bills']),
    at: Type.Optional(Type.String({ ...Instant, description: 'ISO 8601 instant; default is now' })),
  }),
  output: Type.Object({
    system: Type.String(),
    isOpen: Type.Boolean(),
    opens: Type.String(),
    cutOff: Type.String(),
    valueDay: Type.String({ ...Day, description: 'The day on which a payment sent then is booked' }),
    nextOpening: Instant,
  }),
  handle: ({ system, at }, { now }) => {
    const moment = at === undefined ? now : Date.parse(at);
    if (Number.isNaN(moment)) throw new Refusal('INVALID_INPUT', `${at} is not an instant`);
    const { opens, cutOff, everyDay } = systems[system];
    const day = toDay(moment);
    const time = toInstant(moment + 8 * 3_600_000).slice(11, 16);
    const isDayOpen = everyDay || isBusinessDay(day);
    const isOpen = isDayOpen && time >= opens && time < cutOff;
    const openingDay = isDayOpen && time < opens ? day : addBusinessDays(day, 1);
    const nextOpening = isOpen ? toInstant(moment) : toInstant(Date.parse(`${openingDay}T${opens}:00+08:00`));
    return { system, isOpen, opens, cutOff, valueDay: isOpen ? day : openingDay, nextOpening };
  },
});

function requireDay(day: string): void {
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) throw new Refusal('INVALID_INPUT', `${day} is not a day`);
}

/** 营业日. */
export const calendar: Service = {
  id: 'calendar',
  title: { en: 'Business calendar', zh: '营业日' },
  owner: 'operations',
  operations: { getDay, addBusinessDays: addDays, getSystemHours },
};
