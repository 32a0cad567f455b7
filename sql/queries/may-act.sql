-- Says whether the administrator has a mandate in force from the party it acts for, for any part of a catalog.
select may_act() as may_act
