import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { type Answer, type Call, noteCall } from '../execute.ts';
import { send } from '../http/send.ts';
import { Refusal } from '../refusal.ts';
import type { Fault } from './fault.ts';

const WRONG_SHAPE = '{"nonsense":[1,null,{}]}';
const INVALID_JSON = '{"status":"ok","amount":';

interface Scene {
  readonly core: Core;
  readonly call: Call;
  readonly fault: Fault;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly perform: () => Promise<Answer>;
}

/** Does to one call what the plan says. Resolves to the reply, if there is one. */
export async function misbehave(scene: Scene): Promise<unknown> {
  const { core, fault, request, reply, perform } = scene;
  if (fault.delayMs !== undefined) await core.clock.sleep(fault.delayMs, core.closing);
  switch (fault.mode) {
    case 'delay':
      if (fault.late !== true && request.raw.socket.destroyed) return reply.hijack();
      return send(reply, await perform());
    case 'fail':
    case 'refuse': {
      await note(scene);
      const code = fault.mode === 'fail' ? 'INJECTED_FAILURE' : 'REFUSED';
      throw new Refusal(code, 'the fault plan says so', { status: fault.status });
    }
    case 'nonsense':
      await perform();
      return send(reply, { body: fault.nonsense === 'wrong-shape' ? WRONG_SHAPE : INVALID_JSON, isReplay: false });
    case 'hang':
    case 'drop':
      await note(scene);
      return leave(scene);
    case 'hang-after':
    case 'drop-after':
      // Even a refused act ends without an answer: the caller must not learn what became of it.
      await perform().catch(() => undefined);
      return leave(scene);
  }
}

async function note({ core, call }: Scene): Promise<void> {
  if (!call.operation.readOnly) await noteCall(core, call);
}

/** Takes the request away from Fastify and cuts it off, or keeps it until the caller gives up. */
async function leave({ core, fault, request, reply }: Scene): Promise<FastifyReply> {
  reply.hijack();
  const { socket } = request.raw;
  if (fault.mode.startsWith('hang') && !socket.destroyed) {
    // The bank's own end is the one reason besides the caller's why this stops; neither is an error.
    await once(socket, 'close', { signal: core.closing }).catch(() => undefined);
  }
  socket.destroy();
  return reply;
}
