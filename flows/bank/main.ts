import { parseArgs } from 'node:util';
import { type Bank, startBank } from './bank.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, data: { type: 'string' }, 'grpc-port': { type: 'string' } },
});
const port = Number(values.port ?? process.env['HEDDLE_BANK_PORT'] ?? 8090);
const grpcPort = values['grpc-port'] === undefined ? undefined : Number(values['grpc-port']);
const dataDir = values.data ?? process.env['HEDDLE_BANK_DATA'] ?? './data/bank';

async function start(): Promise<Bank> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is not a port`);
  if (grpcPort === undefined) return startBank({ port, dataDir });
  try {
    return await startBank({ port, dataDir, grpcPort });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('No address added')) throw error;
    process.stderr.write(`bank: nothing is served by gRPC, port ${grpcPort} is taken\n`);
    return startBank({ port, dataDir });
  }
}

try {
  const bank = await start();
  process.stdout.write(`${JSON.stringify({ ready: true, url: bank.url })}\n`);
  let isClosing = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isClosing) return;
      isClosing = true;
      void bank.close().then(() => process.exit(0));
    });
  }
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const reason = isTaken ? `port ${port} is taken` : error instanceof Error ? error.message : String(error);
  process.stderr.write(`bank: ${reason}\n`);
  process.exit(1);
}
