import type { FlowDocument } from '../model/flow-document.ts';

type Template = Pick<FlowDocument, 'nodes' | 'start'> & { readonly [property: string]: unknown };

/** Beginnings of flows by name; what they are for stands in the translations (`flows:templates.<name>`). */
export const templates = {
  approval: {
    input: {
      type: 'object',
      required: ['applicant', 'amount'],
      properties: { applicant: { type: 'string' }, amount: { type: 'number' }, reason: { type: 'string' } },
    },
    start: 'small',
    nodes: {
      small: {
        type: 'choice',
        title: { en: 'Small amount?', zh: '小额？' },
        when: [{ if: { '<=': [{ var: 'input.amount' }, 1000] }, next: 'approved' }],
        otherwise: 'approve',
      },
      approve: {
        type: 'task',
        title: { en: 'Approve the request', zh: '审批申请' },
        groups: ['managers'],
        data: { applicant: { $: { var: 'input.applicant' } }, amount: { $: { var: 'input.amount' } } },
        form: { type: 'object', properties: { comment: { type: 'string', title: 'Comment' } } },
        actions: [
          { id: 'approve', title: { en: 'Approve', zh: '同意' } },
          { id: 'reject', title: { en: 'Reject', zh: '拒绝' } },
        ],
        due: '3d',
        next: 'decided',
        onError: [{ code: 'TASK_EXPIRED', next: 'expired' }],
      },
      decided: {
        type: 'choice',
        title: { en: 'Approved?', zh: '是否同意' },
        when: [{ if: { '==': [{ var: 'steps.approve.action' }, 'approve'] }, next: 'approved' }],
        otherwise: 'rejected',
      },
      approved: { type: 'end', outcome: 'approved' },
      rejected: { type: 'end', outcome: 'rejected' },
      expired: { type: 'end', outcome: 'expired' },
    },
  },
  eventOrTimeout: {
    input: { type: 'object', required: ['orderId'], properties: { orderId: { type: 'string' } } },
    start: 'paid',
    nodes: {
      paid: {
        type: 'event',
        title: { en: 'Wait for the payment', zh: '等待付款' },
        name: 'payment-received',
        correlation: { $: { var: 'input.orderId' } },
        timeout: '30m',
        next: 'done',
        onError: [{ code: 'EVENT_TIMEOUT', next: 'late' }],
      },
      done: { type: 'end', outcome: 'paid' },
      late: { type: 'end', outcome: 'not-paid' },
    },
  },
  batch: {
    input: {
      type: 'object',
      required: ['items'],
      properties: { items: { type: 'array', items: { type: 'object', properties: { amount: { type: 'number' } } } } },
    },
    start: 'each',
    nodes: {
      each: {
        type: 'forEach',
        title: { en: 'For each item', zh: '逐笔处理' },
        items: { $: { var: 'input.items' } },
        concurrency: 5,
        onItemError: 'collect',
        do: {
          start: 'check',
          nodes: { check: { type: 'set', values: { amount: { $: { var: 'item.amount' } } } } },
        },
        next: 'done',
      },
      done: { type: 'end', output: { results: { $: { var: 'steps.each' } } } },
    },
  },
  fallback: {
    start: 'guarded',
    nodes: {
      guarded: {
        type: 'try',
        title: { en: 'Within two seconds', zh: '两秒之内' },
        timeout: '2s',
        do: { start: 'work', nodes: { work: { type: 'set', values: { answer: 'replace me by a call' } } } },
        catch: [{ code: '*', next: 'otherwise' }],
        next: 'done',
      },
      otherwise: { type: 'end', outcome: 'fallback' },
      done: { type: 'end', outcome: 'answered' },
    },
  },
} satisfies Record<string, Template>;

export type TemplateName = keyof typeof templates;
export const templateNames = Object.keys(templates) as TemplateName[];
