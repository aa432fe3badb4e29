import Type from 'typebox';
import { Value } from '../../definition/index.ts';
import { parseDuration } from '../../expression/index.ts';
import { defineNode } from '../node-type.ts';

const EXPRESS_MAX_MS = 5_000;

/**
 * Holds the run: for a duration, until a date, or until a time of day some business days ahead. The timer survives a
 * restart and never fires early. Give exactly one of `for`, `until`, `days`.
 */
export const wait = defineNode({
  label: {
    title: { en: 'Wait', zh: '等待' },
    description: {
      en: 'Waits for a time, until a date, or for business days',
      zh: '等待一段时间、到某日期或若干营业日',
    },
    group: 'time',
  },
  config: Type.Object({
    for: Type.Optional(Value({ 'x-widget': 'duration' })),
    until: Type.Optional(Value({ 'x-widget': 'date' })),
    days: Type.Optional(Value({ 'x-value': { type: 'integer' } })),
    at: Type.Optional(
      Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'Time of day, with `days`' }),
    ),
    calendar: Type.Optional(Value({ description: '{ holidays, workdays, timeZone }; default Mon–Fri, Asia/Shanghai' })),
  }),
  ports: () => ['next'],
  acts: true,
  durableOnly: (config) => typeof config.for !== 'string' || (parseDuration(config.for) ?? Infinity) > EXPRESS_MAX_MS,
  check: (config) => {
    if (typeof config.for === 'string' && parseDuration(config.for) === undefined) {
      return [
        {
          pointer: '/for',
          code: 'duration',
          message: `${JSON.stringify(config.for)} is no duration; write 90s, 5m, 2h, 3d or PT1H30M`,
        },
      ];
    }
    const given = [config.for, config.until, config.days].filter((part) => part !== undefined).length;
    return given === 1
      ? []
      : [{ pointer: '', code: 'wait', message: 'needs exactly one of `for`, `until` and `days`' }];
  },
  compile: ({ config }) => {
    if (config.for !== undefined) return { activity: { kind: 'timer', due: { kind: 'for', duration: config.for } } };
    if (config.until !== undefined) return { activity: { kind: 'timer', due: { kind: 'until', date: config.until } } };
    return {
      activity: {
        kind: 'timer',
        due: {
          kind: 'business',
          days: config.days ?? 0,
          ...(config.at === undefined ? {} : { at: config.at }),
          ...(config.calendar === undefined ? {} : { calendar: config.calendar }),
        },
      },
    };
  },
});
