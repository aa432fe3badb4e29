export type RunAction = 'retry' | 'resume' | 'signal' | 'suspend' | 'cancel' | 'terminate';

/** What makes sense for a run in a status, the most likely first. */
export function allowedActions(status: string): readonly RunAction[] {
  switch (status) {
    case 'running':
    case 'waiting':
      return ['signal', 'suspend', 'cancel', 'terminate'];
    case 'suspended':
      return ['resume', 'cancel', 'terminate'];
    case 'needs-operator':
      return ['retry', 'cancel', 'terminate'];
    case 'compensating':
      return ['terminate'];
    case 'failed':
      return ['retry'];
    default:
      return [];
  }
}

export const isFinal = (status: string) => ['completed', 'failed', 'compensated', 'cancelled'].includes(status);
