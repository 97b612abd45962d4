// Every page of the console: a folder beside this file, and a line here.
import type { Component } from 'svelte';
import { clock } from '../lib/clock.svelte';
import { ready } from '../lib/debts';
import { t, type Key } from '../lib/i18n/index.svelte';
import { phone } from '../lib/phone.svelte';
import type { Role } from '../lib/session.svelte';
import type { IconName } from '../lib/ui/Icon.svelte';

export interface Page {
  path: string; // below /console/; ":id" is handed to the component
  title: Key;
  role: Role; // who may see it
  icon: IconName;
  key?: string; // after "g": goes there
  menu: boolean; // stands in the menu
  badge?: () => { n: number; words: string }; // how much waits there; nothing is shown of 0
  load: () => Promise<{ default: Component<{ id: string }> | Component<Record<string, never>> }>;
}

export const pages: Page[] = [
  {
    path: '',
    title: 'page.now',
    role: 'reader',
    icon: 'now',
    key: 'n',
    menu: true,
    load: () => import('./now/Now.svelte'),
  },
  {
    path: 'unmatched',
    title: 'page.unmatched',
    role: 'reader',
    icon: 'unmatched',
    key: 'u',
    menu: true,
    load: () => import('./unmatched/Unmatched.svelte'),
  },
  {
    path: 'callbacks',
    title: 'page.callbacks',
    role: 'reader',
    icon: 'call',
    key: 'c',
    menu: true,
    badge: () => {
      const n = ready(phone.callbacks ?? [], clock.now);
      return { n, words: t('callbacks.badge', { n }) };
    },
    load: () => import('./callbacks/Callbacks.svelte'),
  },
  {
    path: 'outages',
    title: 'page.outages',
    role: 'reader',
    icon: 'warning',
    key: 'o',
    menu: true,
    badge: () => {
      const n = phone.outages?.length ?? 0;
      return { n, words: t('outages.badge', { n }) };
    },
    load: () => import('./outages/Outages.svelte'),
  },
  {
    path: 'people',
    title: 'page.people',
    role: 'reader',
    icon: 'people',
    key: 'p',
    menu: true,
    load: () => import('./people/People.svelte'),
  },
  {
    path: 'people/:id',
    title: 'page.person',
    role: 'reader',
    icon: 'people',
    menu: false,
    load: () => import('./people/PersonPage.svelte'),
  },
  {
    path: 'channels',
    title: 'page.channels',
    role: 'reader',
    icon: 'channels',
    key: 'k',
    menu: true,
    load: () => import('./channels/Channels.svelte'),
  },
  {
    path: 'reports',
    title: 'page.reports',
    role: 'reader',
    icon: 'reports',
    key: 'r',
    menu: true,
    load: () => import('./reports/Reports.svelte'),
  },
  {
    path: 'sent',
    title: 'page.sent',
    role: 'reader',
    icon: 'sent',
    key: 'e',
    menu: true,
    load: () => import('./sent/Sent.svelte'),
  },
  {
    path: 'sent/:id',
    title: 'page.sent_report',
    role: 'reader',
    icon: 'sent',
    menu: false,
    load: () => import('./sent/SentReport.svelte'),
  },
  {
    path: 'procedure',
    title: 'page.procedure',
    role: 'reader',
    icon: 'procedure',
    key: 'd',
    menu: true,
    load: () => import('./procedure/Procedure.svelte'),
  },
  {
    path: 'case/:id',
    title: 'page.case',
    role: 'reader',
    icon: 'email',
    menu: false,
    load: () => import('./case/Case.svelte'),
  },
  {
    path: 'settings',
    title: 'page.settings',
    role: 'client',
    icon: 'gear',
    key: 's',
    menu: true,
    load: () => import('./settings/Settings.svelte'),
  },
];
