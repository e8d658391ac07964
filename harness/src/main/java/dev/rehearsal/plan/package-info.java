/**
 * The way out of a risky change: the same change in phases, each of which lets everybody work.
 *
 * <p>In the flow it stands beside the rehearsal: it turns one statement into a scenario that is rehearsed like any other. What a plan looks like follows from
 * the statement and from what the catalogs say of its table ({@link dev.rehearsal.plan.TableShape}), and from nothing else: planning is making text, and needs
 * no server. Example: {@code alter table orders add column token uuid not null default gen_random_uuid()} becomes a bare column, its default for new rows, a
 * backfill in batches, a check that is validated beside the traffic, NOT NULL proved by that check, and the check's removal.
 *
 * <p>Guarantee: each step can be run again, after it has succeeded and after it was cut off anywhere; and where a plan cannot be made it is said why and what a
 * person has to decide.
 */
@NullMarked
package dev.rehearsal.plan;

import org.jspecify.annotations.NullMarked;
