// What a report to a provider looks like at a glance, and its story in the order of time.
import type { SentReport, WholeSentReport } from '../../lib/api/client';

export type Mood = 'late' | 'near' | 'fine' | 'plain';

export function mood(one: Pick<SentReport, 'state' | 'trouble'>): Mood {
  if (one.trouble === 'held') return 'near';
  if (one.trouble !== 'none') return 'late';
  return one.state === 'acknowledged' || one.state === 'answered' || one.state === 'settled' ? 'fine' : 'plain';
}

export function isOpen(one: Pick<SentReport, 'state'>): boolean {
  return one.state !== 'settled' && one.state !== 'cancelled';
}

// "250 2.0.0 Ok: queued as 4bXyz", but nothing of what an SMS gateway leaves empty.
export function serverWords(sending: SentReport['sent'][number]): string {
  return sending.server.trim();
}

type Message = WholeSentReport['messages'][number];
export function messageOf(report: WholeSentReport, n: number): Message | undefined {
  return report.messages.find((one) => one.sending === n);
}
// What came back is kept in the order in which it came, one message for each.
export function replyMessage(report: WholeSentReport, index: number): Message | undefined {
  return report.messages.filter((one) => one.direction === 'in')[index];
}
export function draftOf(report: WholeSentReport): string {
  return report.messages.find((one) => one.direction === 'draft')?.text ?? '';
}
