/** How many readings are in InfluxDB: asked of it directly, so that no code of ours vouches for itself. */
export async function countReadings(url: string, field = 'activePowerW'): Promise<number> {
  const { origin, pathname } = new URL(url);
  const query = `SELECT count("${field}") FROM "reading"`;
  const response = await fetch(`${origin}/query?db=${pathname.slice(1)}&q=${encodeURIComponent(query)}`);
  const body = (await response.json()) as {
    results?: { series?: { values?: [string, number][] }[] }[];
  };
  return body.results?.[0]?.series?.[0]?.values?.[0]?.[1] ?? 0;
}
