import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@heddle/flows/bank/clock';

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Runs like the system's clock and can be put forward, never back; engine and bank share it. */
export class VirtualClock implements Clock {
  #offsetMs: number;

  constructor(startsAt: string) {
    this.#offsetMs = Date.parse(startsAt) - Date.now();
  }

  now = (): number => Date.now() + this.#offsetMs;

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await sleep(ms, undefined, signal ? { signal } : {});
  };

  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Goes on to the next such moment, for instance `Wed 10:00`, by the Chinese wall clock. */
  advanceTo(moment: string): void {
    const [weekday = '', time = ''] = moment.split(' ');
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    const wall = this.now() + CHINA_MS;
    const today = Math.floor(wall / DAY_MS);
    const days = (weekdays.indexOf(weekday) - new Date(wall).getUTCDay() + 7) % 7;
    const target = (today + days) * DAY_MS + (hours * 60 + minutes) * 60_000;
    this.advance(target - wall + (target < wall ? 7 * DAY_MS : 0));
  }
}
