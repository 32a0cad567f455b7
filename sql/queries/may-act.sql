-- Says whether the session acts for the caller itself, or by a mandate in force for any part of a catalog.
select may_act() as may_act
