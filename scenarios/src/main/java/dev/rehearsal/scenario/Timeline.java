package dev.rehearsal.scenario;

import java.time.Duration;

/**
 * How long each stage lasts.
 *
 * @param migration at the least: traffic is watched for this long even when the migration is done sooner, so that percentiles have requests
 *     behind them
 * @param rollback likewise
 */
public record Timeline(Duration warmup, Duration baseline, Duration migration, Duration settle, Duration rollback) {}
