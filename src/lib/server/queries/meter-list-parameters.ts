/**
 * The address of the meters' page: `mission`, `camp`, `state`, `text`, `page`, all optional. A form without script sends
 * the fields somebody left empty as well: an empty one is one that was not given.
 */
import { METER_STATES, type MeterListQuery, type MeterState } from './meter-list.ts';
import { bad, parseMeterFilter, quoted, single, type Parsed } from './parameters.ts';

const LONGEST_TEXT = 100;
const PAGE = /^[1-9]\d{0,5}$/;

function isState(text: string): text is MeterState {
  return (METER_STATES as readonly string[]).includes(text);
}

export function parseMeterListQuery(all: URLSearchParams): Parsed<MeterListQuery> {
  const params = new URLSearchParams([...all].filter(([, value]) => value.trim() !== ''));
  const scope = parseMeterFilter(params);
  if (!scope.ok) return scope;
  const state = single(params, 'state');
  if (!state.ok) return state;
  if (state.value !== undefined && !isState(state.value)) {
    const message = `state is ${quoted(state.value)}; expected one of ${METER_STATES.join(', ')}.`;
    return bad('STATE_INVALID', 'state', message);
  }
  const text = single(params, 'text');
  if (!text.ok) return text;
  if ((text.value ?? '').length > LONGEST_TEXT)
    return bad(
      'TEXT_TOO_LONG',
      'text',
      `text has more than ${LONGEST_TEXT} characters; search for fewer words.`,
    );
  const page = single(params, 'page');
  if (!page.ok) return page;
  if (page.value !== undefined && !PAGE.test(page.value))
    return bad('PAGE_INVALID', 'page', `page is ${quoted(page.value)}; expected a whole number from 1.`);
  return {
    ok: true,
    value: {
      ...scope.value,
      ...(state.value !== undefined && { state: state.value }),
      ...(text.value !== undefined && { text: text.value.trim() }),
      page: Number(page.value ?? 1),
    },
  };
}
