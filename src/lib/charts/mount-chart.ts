/**
 * Mounts a Chart.js chart on a canvas, for `{@attach}`. The library is loaded when the canvas is first about to
 * be seen, with only the parts our charts use, because a mission's link may carry a few kilobytes a second. The
 * chart follows the theme and is destroyed with its canvas.
 */
import type { Chart, ChartConfiguration } from 'chart.js';
import type { ChartTheme } from './palette.ts';

type AnyConfiguration = ChartConfiguration<'bar' | 'line', (number | [number, number] | null)[], string>;
/** Builds the configuration for the theme as it stands. */
export type ChartBuilder = (theme: ChartTheme) => AnyConfiguration;

async function loadChart(): Promise<typeof Chart> {
  const library = await import('chart.js');
  const { Chart, BarController, BarElement, LineController, LineElement, PointElement } = library;
  const { CategoryScale, LinearScale, Tooltip } = library;
  Chart.register(
    BarController,
    BarElement,
    LineController,
    LineElement,
    PointElement,
    CategoryScale,
    LinearScale,
    Tooltip,
  );
  return Chart;
}

/** The theme's colours as the browser resolves them at `element`. */
function readTheme(element: HTMLElement): ChartTheme {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.after(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    ink: resolve('ink'),
    muted: resolve('muted'),
    line: resolve('line'),
    surface: resolve('surface'),
    accent: resolve('accent'),
    dieselEdge: resolve('diesel-edge'),
  };
  probe.remove();
  return theme;
}

export interface MountOptions {
  /** called when the library could not be loaded, so that the page can say so */
  readonly onFailure: () => void;
}

export function mountChart(build: ChartBuilder, { onFailure }: MountOptions) {
  return (canvas: HTMLCanvasElement): (() => void) => {
    let chart: Chart | undefined;
    let isGone = false;
    const scheme = matchMedia('(prefers-color-scheme: dark)');

    async function draw(): Promise<void> {
      try {
        const ChartClass = await loadChart();
        if (isGone) return;
        chart?.destroy();
        chart = new ChartClass(canvas, build(readTheme(canvas)));
      } catch (error) {
        if (isGone) return;
        console.error('The chart could not be drawn', error);
        onFailure();
      }
    }

    const redraw = () => {
      if (chart !== undefined) void draw();
    };
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        seen.disconnect();
        void draw();
      },
      { rootMargin: '200px' },
    );
    seen.observe(canvas);
    scheme.addEventListener('change', redraw);

    return () => {
      isGone = true;
      seen.disconnect();
      scheme.removeEventListener('change', redraw);
      chart?.destroy();
    };
  };
}
