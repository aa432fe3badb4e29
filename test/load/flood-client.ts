import { type Phase, Sender } from './flood-sender.ts';

/** The client of a flood, in a process of its own: takes phases as a message, answers with what came of them. */
process.on('message', async ({ url, phases, settleMs }: { url: string; phases: Phase[]; settleMs: number }) => {
  const sender = new Sender(url);
  const tallies = await sender.run(phases);
  // Answers to what the last phase sent.
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  process.send?.({ tallies, cpuMs: process.cpuUsage().user / 1_000 + process.cpuUsage().system / 1_000 });
  sender.close();
});
