#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { readJson } from '@heddle/connectors/sdk/index';
import { Command } from 'commander';
import { newConnector } from './commands/connector-new.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { startCommand } from './commands/start.ts';
import { readConfig } from './config.ts';
import { parse } from './definition/index.ts';
import { FlowError, type Json, type Problem } from './errors.ts';
import { nodeTypes } from './nodes/index.ts';

const program = new Command('heddle').description('Compose services into flows, run them, and look after them');
const engineOption = ['--engine <url>', 'the engine to talk to', 'http://127.0.0.1:8080'] as const;

program
  .command('start')
  .description('start the engine; settings come from HEDDLE_* variables')
  .option('--sample', 'also start the sample bank and publish the sample flows')
  .action((options: { sample?: boolean }) => startCommand(readConfig(process.env), options.sample === true));

program
  .command('validate')
  .description('say everything that is wrong with flow definitions; exit code 1 if anything is')
  .argument('<files...>')
  .action((files: string[]) => {
    let failed = false;
    for (const file of files) {
      const parsed = parse(readDocument(file), nodeTypes);
      const problems = parsed.ok ? parsed.warnings : parsed.problems;
      for (const problem of problems) console.log(`${file}: ${line(problem)}`);
      if (parsed.ok) console.log(`${file}: ${parsed.flow.id} is sound`);
      else failed = true;
    }
    if (failed) process.exitCode = 1;
  });

program
  .command('run')
  .description('run a flow file here, with the services of a running engine, and print the path taken and the output')
  .argument('<file>')
  .option('--input <json>', 'the input, as JSON or @file', '{}')
  .option(...engineOption)
  .action(async (file: string, options: { input: string; engine: string }) => {
    const input = options.input.startsWith('@')
      ? readDocument(options.input.slice(1))
      : parseDocument(options.input, '--input');
    process.exitCode = await runCommand(readDocument(file), input, options.engine);
  });

program
  .command('publish')
  .description('publish a flow file to a running engine')
  .argument('<file>')
  .option('--note <text>', 'what changed', '')
  .option(...engineOption)
  .action(async (file: string, options: { note: string; engine: string }) => {
    const definition = readDocument(file) as { id?: string };
    const response = await fetch(
      new URL(`/flows/${encodeURIComponent(String(definition.id))}/versions`, options.engine),
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'heddle-user': process.env['USER'] ?? 'cli' },
        body: JSON.stringify({ definition, note: options.note }),
      },
    );
    const answer = (await response.json()) as {
      version?: { number: number; version: string };
      detail?: string;
      problems?: Problem[];
      warnings?: Problem[];
    };
    for (const problem of answer.problems ?? answer.warnings ?? []) console.log(line(problem));
    if (!response.ok) throw new FlowError('FLOW_INVALID', answer.detail ?? `the engine answered ${response.status}`);
    console.log(
      `${definition.id} version ${answer.version?.number} (${answer.version?.version.slice(0, 12)}) is published`,
    );
  });

program
  .command('replay')
  .description('run the journal of a run again, on its own version or on a flow file, and print what differs')
  .argument('<run>')
  .option('--flow <file>', 'another version of the flow')
  .option(...engineOption)
  .action(async (runId: string, options: { flow?: string; engine: string }) => {
    process.exitCode = await replayCommand(
      runId,
      options.flow === undefined ? undefined : readDocument(options.flow),
      options.engine,
    );
  });

program
  .command('connector')
  .description('connectors of your own')
  .command('new')
  .description('begin a connector in a new folder: it works, and passes the contract test')
  .argument('<folder>')
  .option('--protocol <word>', 'what services say in `connector`; default: the name of the folder')
  .action((folder: string, options: { protocol?: string }) => {
    const where = newConnector(folder, options.protocol);
    console.log(`${where} is a connector; its README.md says how to test it and how to give it to an engine`);
  });

function readDocument(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new FlowError('INVALID_REQUEST', `${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  return parseDocument(text, file);
}

function parseDocument(text: string, name: string): Json {
  const read = readJson(text);
  if (!read.ok) throw new FlowError('MALFORMED_JSON', `${name}${read.problem.pointer}: ${read.problem.message}`);
  return read.value;
}

const line = (problem: Problem) =>
  `${problem.severity ?? 'error'} ${problem.pointer || '/'} [${problem.code}] ${problem.message}`;

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof FlowError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
});
