import { type Check, withBench } from './testing/bench.ts';
import { connectionTests } from './testing/connection-tests.ts';
import { publishingTests } from './testing/publishing-tests.ts';
import { readingTests } from './testing/reading-tests.ts';
import type { ListenSubject } from './testing/subject.ts';
import { readAndDie } from './testing/survival.ts';

export { type Certificate, makeCertificate } from './testing/certificate.ts';
export { type Link, startLink } from './testing/link.ts';
export type { Lacks, ListenSubject } from './testing/subject.ts';

/** What the contract needs of a test framework. To skip all of it pass `{ describe: describe.skip, test }`. */
export interface ListenTestFramework {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
}

/**
 * The tests that every connector with `publish` and `listen` has to pass, against a real broker. Call it in a test file
 * of the connector:
 *
 * ```ts
 * listenContract({ describe: describe.skipIf(!isUp), test }, 'nats', async () => ({ connector: nats, topic, source, … }));
 * ```
 *
 * What they prove: nothing published is lost, whoever dies meanwhile; nothing is acknowledged before it was taken; the
 * broker keeps what is beyond `prefetch`; publishing says truly whether it may have happened.
 *
 * @param setUp Makes topic and source afresh; called for each test. They have to be empty.
 */
export function listenContract(
  framework: ListenTestFramework,
  name: string,
  setUp: () => Promise<ListenSubject>,
): void {
  const { describe, test } = framework;

  describe(`${name} keeps the contract of brokers`, () => {
    const check: Check = (sentence, body, timeoutMs = 30_000) =>
      test(sentence, () => withBench(setUp, body), timeoutMs);

    readingTests(check);
    publishingTests(check);
    connectionTests(check);
    check('10,000 messages survive two deaths of the process that reads them', readAndDie, 180_000);
  });
}
