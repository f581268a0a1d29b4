/** What moves on a mission's and a camp's history: the chart over its table, and lineages beside their figures. */
import { energyCanvas } from '../charts/energy-canvas.ts';
import { openLineagesInPlace } from './lineage-panel.ts';

energyCanvas(document);
openLineagesInPlace(document);
