/** A suggestion's reasons and questions as English sentences, for the terminal. Pages have them in the reader's language. */
import type { Question, Reason } from './decide.ts';
import type { Suggestion } from './suggest.ts';

const BECAUSE: Readonly<Record<Reason['code'], string>> = {
  'name-and-unit': 'its name tells the unit',
  'unit-beside': 'the unit stands beside the value',
  'home-assistant': 'the device announces it so to Home Assistant',
  'usual-unit': 'the number can only be in this unit',
  'power-time': 'it rises by what the power gives in that time',
  'volt-ampere': 'voltage and current give this power',
  answered: 'you said so',
  'own-unit': 'it has only one usual unit',
  'sum-asked': 'you said that the phases add up to the total',
  'phases-left': 'the total is taken; its phases are left out',
  'daily-left': 'the lasting register is taken; the one of the day is left out',
  'total-chosen': 'its name says that it is the total',
};

const ASKED: Readonly<Record<Question['code'], string>> = {
  unit: 'in which unit is',
  sum: 'do these phases add up to the device’s total:',
  which: 'which one is the meter’s',
};

const NOTHING: Readonly<Record<NonNullable<Suggestion['nothing']>, string>> = {
  binary: 'The payloads are binary or empty: no profile is suggested.',
  sparkplug:
    'The payloads are Sparkplug B: the profile sparkplug reads them on topics that begin with spBv1.0/; for others, copy it with your topic.',
  gencomm:
    'The payloads are GenComm pages of a genset’s controller: the profile dse890-gencomm reads them; add a line for it to the registry, with the topic.',
  'no-text-known': 'The payloads are text without numbers that names explain: no profile is suggested.',
  'no-name-known': 'No name in the payloads says what is measured, in a way that leaves no doubt.',
};

export function suggestionLines({ confidence, reasons, questions, nothing }: Suggestion): string[] {
  return [
    `Confidence: ${confidence}. Nothing is metered before you save it.`,
    ...(nothing === undefined ? [] : [NOTHING[nothing]]),
    ...reasons.map(({ code, place, quantity, unit }) => {
      const as = unit === undefined ? quantity : `${quantity} in ${unit}`;
      return `  ${place} → ${as}: ${BECAUSE[code]}`;
    }),
    ...questions.filter(({ answer }) => answer === undefined).map(questionLine),
  ];
}

function questionLine({ id, code, place, quantity, shown, options }: Question): string {
  const numbers = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
  const choice = options.map((option) => `--answer ${JSON.stringify(`${id}=${option}`)}`).join(' | ');
  return `? ${quantity}: ${ASKED[code]} ${place}${numbers}?  ${choice}`;
}
