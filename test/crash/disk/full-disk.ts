import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { end, freePort, startEngine } from '../processes.ts';
import { pause } from './clients.ts';
import { settle } from './engine-case.ts';
import { type Answer, get, prepare, startRun, WitnessService } from './real-engine.ts';
import { Witness } from './witness.ts';

export interface FullDiskReport {
  /** Runs accepted before, while and after the disk was full. */
  readonly accepted: readonly [before: number, during: number, after: number];
  /** Refused with 503 and `Retry-After`. */
  readonly refused: number;
  /** Pages of runs, and single runs, that were read while the disk was full. */
  readonly read: number;
  /** From the moment that there was room again until a start was accepted, in ms. */
  readonly recoveredMs: number;
  readonly findings: readonly string[];
}

const DISK_BYTES = 12 * 2 ** 20;
const BALLAST_BYTES = 64 * 1024;
const FULL_MS = 2_500;
const LOAD_MS = 700;
const RECOVERY_MS = 15_000;
const SENDERS = 4;
const FLOWS = ['sequence', 'fan', 'saga', 'parent'];
const PADDING = 'x'.repeat(8_000);

/** Can this process have a mount of its own? */
export const canMount = process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0;

/**
 * Lets the disk of an engine under load fill up, and makes room again. Runs in a mount namespace of its own, so that the
 * small disk is gone when the process is.
 */
async function fullDisk(folder: string): Promise<FullDiskReport> {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) throw new Error(`no small disk could be mounted: ${mounted.stderr}`);
  const witness = new Witness();
  const service = await WitnessService.open(witness);
  const engine = await startEngine({
    port: await freePort(),
    dataDir: join(disk, 'data'),
    env: { HEDDLE_LOG: 'silent', HEDDLE_MAX_ACTIVE_RUNS: '100000' },
  });
  try {
    await prepare(engine.url, service.url);
    const sender = new Senders(engine.url);
    await pause(LOAD_MS);
    const before = sender.accepted.length;
    const ballast = fill(join(disk, 'ballast'));
    const read = await readFor(engine.url, FULL_MS, sender);
    const during = sender.accepted.length - before;
    for (const path of ballast) rmSync(path);
    const recoveredMs = await sender.nextAccepted();
    await pause(LOAD_MS);
    await sender.stop();
    const findings = [...sender.findings, ...read.findings, ...(await settle(engine.url, sender.accepted, witness))];
    if (engine.child.exitCode !== null) findings.push('the engine ended');
    if (sender.refused === 0) findings.push('nothing was refused: the disk was not full');
    const after = sender.accepted.length - before - during;
    return { accepted: [before, during, after], refused: sender.refused, read: read.count, recoveredMs, findings };
  } finally {
    await end(engine, 'SIGKILL');
    service.close();
  }
}

/** Starts runs of every kind in turn, several at a time, and never one again. */
class Senders {
  readonly accepted: string[] = [];
  refused = 0;
  readonly findings: string[] = [];
  private readonly url: string;
  private readonly loops: Promise<void>[];
  private isOn = true;
  private count = 0;

  constructor(url: string) {
    this.url = url;
    this.loops = Array.from({ length: SENDERS }, () => this.loop());
  }

  async stop(): Promise<void> {
    this.isOn = false;
    await Promise.all(this.loops);
  }

  /** How long it takes until a run is accepted again, in ms. */
  async nextAccepted(): Promise<number> {
    const begun = performance.now();
    const before = this.accepted.length;
    while (this.accepted.length === before) {
      if (performance.now() - begun > RECOVERY_MS) {
        this.findings.push(`nothing was accepted within ${RECOVERY_MS} ms of there being room`);
        break;
      }
      await pause(10);
    }
    return Math.round(performance.now() - begun);
  }

  private async loop(): Promise<void> {
    while (this.isOn) {
      const flowId = FLOWS[this.count++ % FLOWS.length] ?? '';
      this.take(await startRun(this.url, flowId, { reference: `${this.count}`, padding: PADDING }));
      await pause(10);
    }
  }

  private take(answer: Answer): void {
    if (answer.kind === 'accepted') this.accepted.push(answer.runId);
    else if (answer.kind === 'unanswered') this.findings.push('a start was not answered');
    else if (answer.status === 503 && answer.retryAfter !== null) this.refused += 1;
    else this.findings.push(`a start was answered ${answer.status}, Retry-After ${answer.retryAfter}`);
  }
}

/** Fills the disk, to the last byte that can be had. */
function fill(path: string): string[] {
  const written: string[] = [];
  for (let bytes = BALLAST_BYTES; bytes >= 1; bytes = bytes > 4_096 ? bytes / 2 : 0) {
    try {
      for (;;) {
        const next = `${path}-${written.length}`;
        written.push(next);
        writeFileSync(next, Buffer.alloc(bytes, 1));
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error;
    }
  }
  return written;
}

/** Reads while the disk is full: the list of runs, and single ones. */
async function readFor(url: string, ms: number, sender: Senders) {
  const findings: string[] = [];
  let count = 0;
  for (const until = Date.now() + ms; Date.now() < until; await pause(25)) {
    const runId = sender.accepted[count % sender.accepted.length] ?? '';
    try {
      await get(`${url}/runs?limit=5`);
      await get(`${url}/runs/${runId}`);
      count += 1;
    } catch (error) {
      findings.push(`while the disk was full: ${String(error)}`);
    }
  }
  return { count, findings };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-full-'));
  if (process.argv[2] !== 'inside') {
    // Once more, where what is mounted is seen by nobody else and gone in the end.
    const again = ['-m', process.execPath, fileURLToPath(import.meta.url), 'inside'];
    process.exitCode = spawnSync('unshare', again, { stdio: 'inherit' }).status ?? 1;
  } else {
    const report = await fullDisk(folder);
    console.log(JSON.stringify({ ...report, findings: report.findings.slice(0, 20) }));
    if (report.findings.length > 0) process.exitCode = 1;
    spawnSync('umount', ['-l', join(folder, 'disk')]);
  }
  rmSync(folder, { recursive: true, force: true });
}
