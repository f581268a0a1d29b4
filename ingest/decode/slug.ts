/** The templates that build a meter's slug from captures. */
import { slugify } from '#lib/registry/slugify.ts';
import type { Captures } from './topic-pattern.ts';

const CAPTURE = /\{([a-zA-Z0-9]+)\}/g;

/** The captures a template such as `genset-{device}` names. */
export function templateNames(template: string): string[] {
  return [...template.matchAll(CAPTURE)].map((match) => match[1] ?? '');
}

/** The slug a template makes with `captures`; undefined when a capture is missing or no slug comes out. */
export function fillTemplate(template: string, captures: Captures): string | undefined {
  const filled = fillText(template, captures);
  return filled === undefined ? undefined : slugify(filled);
}

/** A template with its captures put in as they are; undefined when one is missing. */
export function fillText(template: string, captures: Captures): string | undefined {
  let isComplete = true;
  const filled = template.replace(CAPTURE, (_, name: string) => {
    const value = captures.get(name);
    if (value === undefined) isComplete = false;
    return value ?? '';
  });
  return isComplete ? filled : undefined;
}

/** Whether some captures could make `template` into `slug`. */
export function templateCanMake(template: string, slug: string): boolean {
  const MARK = '\u0000';
  const parts = template.replace(CAPTURE, MARK).split(MARK);
  if (parts.length === 1) return slugify(template) === slug;
  const fixed = parts.map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
  const pattern = new RegExp(`^${fixed.join('.*')}$`);
  return pattern.test(slug);
}
