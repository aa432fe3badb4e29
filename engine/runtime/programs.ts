import { compile, type Limits, type Program } from '../compile/index.ts';
import type { Flow } from '../definition/index.ts';
import { FlowError } from '../errors.ts';
import type { FlowRef } from './runtime.ts';

/** Where published definitions come from. */
export interface DefinitionSource {
  /** The version that `latest` means now; undefined for an unknown flow. In memory, because every start asks. */
  currentVersion(flowId: string): string | undefined;
  definition(flowId: string, version: string): Promise<Flow | undefined>;
}

/** Compiled programs by version, each compiled once. */
export class Programs {
  private readonly source: DefinitionSource;
  private readonly limits: Limits | undefined;
  private readonly compiled = new Map<string, Program>();

  /** @param limits bounds of runs; default: those promised */
  constructor(source: DefinitionSource, limits?: Limits) {
    this.source = source;
    this.limits = limits;
  }

  /** The program when it is at hand, without waiting; the hot path of a start. */
  ready(ref: FlowRef): Program | undefined {
    const version = ref.version === 'latest' ? this.source.currentVersion(ref.flowId) : ref.version;
    return version === undefined ? undefined : this.compiled.get(`${ref.flowId}@${version}`);
  }

  /** @throws {FlowError} `FLOW_NOT_FOUND`, `VERSION_NOT_FOUND`. */
  async load(ref: FlowRef): Promise<Program> {
    const current = this.source.currentVersion(ref.flowId);
    if (current === undefined) throw new FlowError('FLOW_NOT_FOUND', `no flow ${ref.flowId} is published`);
    const version = ref.version === 'latest' ? current : ref.version;
    const key = `${ref.flowId}@${version}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const flow = await this.source.definition(ref.flowId, version);
    if (flow === undefined) throw new FlowError('VERSION_NOT_FOUND', `flow ${ref.flowId} has no version ${version}`);
    const program = compile(flow, this.limits ? { limits: this.limits } : {});
    this.compiled.set(key, program);
    return program;
  }
}
