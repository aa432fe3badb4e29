import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Request, WorkerOptions } from './protocol.ts';
import { SqliteWriter } from './writer.ts';

/**
 * The one thread that touches the database. It commits whatever is pending as soon as the last commit has ended (group
 * commit without a timer), so that the event loop of the engine stays free and one fsync serves many runs.
 */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const writer = SqliteWriter.open(workerData as WorkerOptions, (reply) => port.postMessage(reply));
if (writer) {
  port.postMessage({ kind: 'ready' });
  port.on('message', (first: Request) => {
    const batch: Request[] = [first];
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      batch.push(next.message as Request);
    if (!writer.process(batch)) port.close();
  });
} else {
  port.close();
}
