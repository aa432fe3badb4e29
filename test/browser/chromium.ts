import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** A Chromium on this machine (`CHROMIUM`, else where distributions put it); undefined if there is none. */
export const chromiumPath: string | undefined = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));

if (chromiumPath === undefined) {
  console.warn('Browser tests are skipped: there is no Chromium. Debian: apt-get install chromium; or set CHROMIUM.');
}
