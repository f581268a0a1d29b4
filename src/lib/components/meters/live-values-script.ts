/**
 * The script of an unassigned meter's page (page-scripts/names.ts): puts what the meter says up where the server drew
 * it, from the data that stand beside it, and leaves the form alone.
 */
import { mount } from 'svelte';
import { followDocumentLocale } from '#lib/components/shell/document-locale.ts';
import type { LiveValuesData } from './assign-view.ts';
import LiveValues from './LiveValues.svelte';

const place = document.querySelector<HTMLElement>('[data-live-values]');
if (place !== null) {
  followDocumentLocale();
  const data = JSON.parse(place.dataset['liveValues'] ?? '') as LiveValuesData;
  place.replaceChildren();
  mount(LiveValues, { target: place, props: { data } });
}
