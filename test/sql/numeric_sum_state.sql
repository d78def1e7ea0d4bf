-- sum_state: lossless I/O, and malformed input refused.
SET search_path = terrcarbon, public;
SELECT '\x0001000000000000000000000000000000000000'::sum_state;
SELECT '\x000100000000000000000000000000000000'::sum_state;
