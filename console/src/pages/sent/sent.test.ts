import { describe, expect, it } from 'vitest';
import type { WholeSentReport } from '../../lib/api/client';
import { draftOf, isOpen, messageOf, mood, replyMessage } from './sent';

describe('a report', () => {
  it('looks as it is', () => {
    expect(mood({ state: 'waiting', trouble: 'none' })).toBe('plain');
    expect(mood({ state: 'waiting', trouble: 'held' })).toBe('near');
    expect(mood({ state: 'unanswered', trouble: 'unanswered' })).toBe('late');
    expect(mood({ state: 'answered', trouble: 'none' })).toBe('fine');
    expect(mood({ state: 'cancelled', trouble: 'none' })).toBe('plain');
    expect(isOpen({ state: 'unanswered' })).toBe(true);
    expect(isOpen({ state: 'settled' })).toBe(false);
  });
  it('has the text of what was sent and of what came back', () => {
    const message = (direction: string, sending: number | null, text: string) => ({ direction, sending, text });
    const report = {
      messages: [
        message('draft', null, 'a'),
        message('out', 1, 'b'),
        message('in', null, 'c'),
        message('in', null, 'd'),
      ],
    } as unknown as WholeSentReport;
    expect(draftOf(report)).toBe('a');
    expect(messageOf(report, 1)?.text).toBe('b');
    expect(messageOf(report, 2)).toBeUndefined();
    expect(replyMessage(report, 1)?.text).toBe('d');
  });
});
