/**
 * Opens a figure's lineage beside the figure: the page that its link leads to, in the dialog that the server drew
 * (LineagePanel.svelte). Escape, the button and a click beside it close it, and the browser gives the focus back. What
 * cannot be fetched is gone to instead, so that the link always leads somewhere.
 */

const LINEAGE = 'a[href^="/lineage?"]';

/** What a lineage's page says, without the frame around it. @throws TypeError when the page is out of reach */
async function fetchLineage(href: string): Promise<{ page: Document; content: Element }> {
  const answer = await fetch(href);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const content = page.querySelector('[data-lineage]');
  if (!answer.ok || content === null) throw new TypeError(`${href} answered ${String(answer.status)}`);
  return { page, content };
}

/** The styles of the fetched page that this one does not have yet. Resolves when they hold, or never will. */
async function takeStyles(page: Document, href: string): Promise<void> {
  const known = new Set(
    [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].map((link) => link.href),
  );
  const missing = [...page.querySelectorAll('link[rel="stylesheet"]')]
    .map((link) => new URL(link.getAttribute('href') ?? '', new URL(href, location.href)).href)
    .filter((address) => !known.has(address));
  await Promise.all(
    missing.map(
      (address) =>
        new Promise<void>((resolve) => {
          const link = document.createElement('link');
          link.rel = 'stylesheet';
          link.href = address;
          link.onload = link.onerror = () => {
            resolve();
          };
          document.head.append(link);
        }),
    ),
  );
}

/** A click that asks for nothing but to follow the link. */
function isPlain(event: MouseEvent): boolean {
  return (
    event.button === 0 &&
    !event.defaultPrevented &&
    !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  );
}

async function show(dialog: HTMLDialogElement, href: string): Promise<void> {
  const place = dialog.querySelector('[data-content]');
  const whole = dialog.querySelector<HTMLAnchorElement>('[data-whole]');
  const loading = dialog.querySelector<HTMLElement>('[data-loading]');
  if (place === null || whole === null || loading === null) return;
  whole.href = href;
  place.replaceChildren();
  loading.hidden = false;
  if (!dialog.open) dialog.showModal();
  const { page, content } = await fetchLineage(href);
  await takeStyles(page, href);
  // Another figure was asked for meanwhile, or none any more.
  if (whole.getAttribute('href') !== href || !dialog.open) return;
  place.replaceChildren(document.adoptNode(content));
  loading.hidden = true;
  dialog.scrollTop = 0;
}

/** Every link to a lineage, now and later, inside the panel too. Returns what undoes it. */
export function openLineagesInPlace(root: Document): () => void {
  const dialog = root.querySelector<HTMLDialogElement>('dialog[data-lineage-panel]');
  if (dialog === null) return () => undefined;
  const onClick = (event: MouseEvent): void => {
    if (event.target === dialog) dialog.close();
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(LINEAGE) : null;
    if (link === null || link.matches('[data-whole]') || !isPlain(event)) return;
    event.preventDefault();
    const href = link.getAttribute('href') ?? '';
    show(dialog, href).catch(() => {
      location.assign(href);
    });
  };
  root.addEventListener('click', onClick);
  return () => {
    root.removeEventListener('click', onClick);
  };
}
