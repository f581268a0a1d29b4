/** Which words of a page somebody cannot read, because they lie outside what shows them. */
import type { Page } from 'playwright-core';

/**
 * Each text that is cut off by what holds it, or runs out of the box it belongs to, with by how much. What can be
 * scrolled to is not cut; what is hidden from sight on purpose is not looked at. Folded parts are opened first.
 */
export async function cutTexts(page: Page): Promise<string[]> {
  await page.locator('details').evaluateAll((all) => {
    for (const details of all) (details as HTMLDetailsElement).open = true;
  });
  return page.evaluate(() => {
    /** px: what rounding and the slant of a letter make */
    const TOLERANCE = 2;
    const cut: string[] = [];
    const isHidden = (element: Element): boolean => {
      for (let each: Element | null = element; each !== null; each = each.parentElement)
        if (getComputedStyle(each).clipPath !== 'none') return true;
      return !element.checkVisibility();
    };
    const lookAt = (line: DOMRect, words: string, parent: Element): void => {
      for (
        let each: Element | null = parent;
        each !== null && each !== document.body;
        each = each.parentElement
      ) {
        const { overflowX, overflowY, display } = getComputedStyle(each);
        if (/auto|scroll/.test(overflowX)) return;
        if (display === 'contents' || display === 'inline') continue;
        const box = each.getBoundingClientRect();
        const beside = Math.max(line.right - box.right, box.left - line.left);
        const below = Math.max(line.bottom - box.bottom, box.top - line.top);
        const isCutBelow = /hidden|clip/.test(overflowY) && below > TOLERANCE;
        if (beside <= TOLERANCE && !isCutBelow) continue;
        cut.push(
          `${words.slice(0, 40)}: ${String(Math.round(Math.max(beside, below)))} px out of ${each.tagName}`,
        );
        return;
      }
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const [words, parent] = [node.textContent?.trim() ?? '', node.parentElement];
      if (words === '' || parent === null || parent.closest('script, style, svg, option') || isHidden(parent))
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const line of range.getClientRects()) if (line.width > 1) lookAt(line, words, parent);
    }
    return cut;
  });
}
