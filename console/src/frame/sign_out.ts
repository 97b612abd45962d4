// Signing out, where a button does it: what hinders it is told.
import { tell } from '../lib/act';
import { session } from '../lib/session.svelte';

export async function signOut(): Promise<void> {
  try {
    await session.signOut();
  } catch (error) {
    tell(error);
  }
}
