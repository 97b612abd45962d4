// A password that was asked for again: what a refusal says. A second factor that is needed, too, is asked for then.
import { Problem } from '../../lib/api/client';
import { t } from '../../lib/i18n/index.svelte';
import { said } from '../../lib/said';

export function refusal(error: unknown, hadCode: boolean): { codeNeeded: boolean; mistake: string } {
  if (!(error instanceof Problem)) throw error;
  const codeNeeded = error.more['code_needed'] === true;
  if (error.status !== 422) return { codeNeeded, mistake: said(error) };
  if (!codeNeeded) return { codeNeeded, mistake: t('totp.wrong_password') };
  return { codeNeeded, mistake: hadCode ? t('totp.wrong_code') : '' };
}
