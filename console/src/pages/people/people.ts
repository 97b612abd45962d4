// What is known of people, put in order for the eye.
import type { Case, LearntNumber, Person, WholePerson } from '../../lib/api/client';
import { spoken } from '../../lib/debts';

export function called(person: Pick<Person, 'name' | 'emails' | 'phones'>): string {
  return person.name || person.emails[0] || spoken(person.phones[0] ?? '');
}

export interface Phone {
  phone: string;
  stopped_at: string | null;
  lifted_by: string;
  note: string;
  learnt: LearntNumber[]; // beside which of their addresses it was seen, and what somebody has decided
}

// Each of a person's numbers once, with what they have said of SMS and how sure it is theirs; also one that is known only
// because it has sent STOP, or that was refused. What waits for a decision comes first.
export function phones(person: Pick<Person, 'phones' | 'sms'> & { numbers?: LearntNumber[] }): Phone[] {
  const said = new Map(person.sms.map((one) => [one.phone, one]));
  const numbers = person.numbers ?? [];
  const all = [...new Set([...person.phones, ...said.keys(), ...numbers.map((one) => one.phone)])].map((phone) => ({
    ...(said.get(phone) ?? { phone, stopped_at: null, lifted_by: '', note: '' }),
    learnt: numbers.filter((one) => one.phone === phone),
  }));
  const waits = (one: Phone) => (one.learnt.some((number) => number.standing === 'learnt') ? 0 : 1);
  const refused = (one: Phone) => Number(one.learnt.length > 0 && one.learnt.every((n) => n.standing === 'refused'));
  return all.sort((a, b) => refused(a) - refused(b) || waits(a) - waits(b));
}

export function earlier(person: Pick<WholePerson, 'open_cases' | 'recent_cases'>): Case[] {
  const open = new Set(person.open_cases.map((one) => one.number));
  return person.recent_cases.filter((one) => !open.has(one.number));
}
