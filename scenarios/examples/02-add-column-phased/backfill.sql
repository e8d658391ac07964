-- Gives every order without one a token, by ranges of the key: 500 rows a transaction, then a breath.
-- Begins at the first row that has none, so a run that was cut off is resumed by running it again.
do $$
declare
  batch constant bigint := 500;
  done bigint;
  last bigint;
begin
  select coalesce(min(id), 1) - 1 into done from orders where token is null;
  select coalesce(max(id), 0) into last from orders;
  while done < last loop
    update orders set token = gen_random_uuid() where id > done and id <= done + batch and token is null;
    done := done + batch;
    commit;
    perform pg_sleep(0.005);
  end loop;
end
$$;
