/**
 * The script of a camp's page (page-scripts/names.ts): puts the live desk up where the server drew it, from the data
 * that stand beside it, and reads the page again when asked to. Lineages open beside their figures.
 */
import { mount } from 'svelte';
import { followDocumentLocale } from '#lib/components/shell/document-locale.ts';
import { openLineagesInPlace } from '#lib/page-scripts/lineage-panel.ts';
import type { DeskView } from './desk-view.ts';
import LiveDesk from './LiveDesk.svelte';

const DESK = '[data-live-desk]';
/** Drawn by the server each time the page is read. */
const STILL = '[data-still]';

function deskOf(page: Document): { place: HTMLElement; data: DeskView } | undefined {
  const place = page.querySelector<HTMLElement>(DESK);
  return place === null
    ? undefined
    : { place, data: JSON.parse(place.dataset['liveDesk'] ?? '') as DeskView };
}

/** The page as it is now; undefined where the server does not answer: that must not cost the reader the page they have. */
async function readAgain(): Promise<Document | undefined> {
  const answer = await fetch(location.href).catch(() => undefined);
  if (answer?.ok !== true) return undefined;
  const text = await answer.text().catch(() => undefined);
  return text === undefined ? undefined : new DOMParser().parseFromString(text, 'text/html');
}

function replaceStill(page: Document): void {
  const [now, next] = [document.querySelector(STILL), page.querySelector(STILL)];
  // Whoever reads in it with the keyboard stays where they are.
  if (now === null || next === null || now.contains(document.activeElement)) return;
  now.replaceWith(document.adoptNode(next));
}

function start(): void {
  const found = deskOf(document);
  if (found === undefined) return;
  let data = $state.raw(found.data);
  async function refresh(): Promise<void> {
    const page = await readAgain();
    const desk = page && deskOf(page);
    if (page === undefined || desk === undefined) return;
    data = desk.data;
    replaceStill(page);
  }
  found.place.replaceChildren();
  mount(LiveDesk, {
    target: found.place,
    props: {
      get data() {
        return data;
      },
      refresh: () => void refresh(),
    },
  });
}

followDocumentLocale();
start();
openLineagesInPlace(document);
