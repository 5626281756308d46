import { ReduceDataOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

const source = { type: "prometheus", uid: "${datasource}" };

/** A query of a panel, and what its curves are called. */
export interface Curve {
  readonly expr: string;
  readonly legend: string;
}

/** A panel with one number, a quarter of the page wide. */
export function stat(title: string, unit: string, expr: string): StatBuilder {
  const calm = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: "text" }]);
  return new StatBuilder()
    .title(title)
    .unit(unit)
    .span(6)
    .height(4)
    .datasource(source)
    .thresholds(calm)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .withTarget(query({ expr, legend: title }, 0));
}

/** A panel of curves over time, a third of the page wide; no value is below 0. */
export function series(title: string, unit: string, curves: readonly Curve[]): TimeseriesBuilder {
  const panel = new TimeseriesBuilder().title(title).unit(unit).span(8).height(8).min(0).datasource(source);
  for (const [index, curve] of curves.entries()) panel.withTarget(query(curve, index));
  return panel;
}

function query({ expr, legend }: Curve, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode(65 + index))
    .datasource(source);
}
