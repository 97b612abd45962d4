// How near a case's next due thing is: for its colour and its word. What the client owes is never urgent for us.
import type { Case } from './api/client';

export type Urgency = 'late' | 'near' | 'fine' | 'theirs' | 'none';

export const NEAR_MS = 30 * 60_000;

export function urgency(next: Case['next'], now: number): Urgency {
  if (!next) return 'none';
  if (next.owed_by === 'client') return 'theirs';
  const left = Date.parse(next.due_at) - now;
  if (left <= 0) return 'late';
  return left <= NEAR_MS ? 'near' : 'fine';
}
