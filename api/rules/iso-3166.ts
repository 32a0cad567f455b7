/**
 * The officially assigned alpha-2 codes of ISO 3166-1, as the maintenance agency lists them (iso.org/obp, read
 * against npm iso-3166 4.4.0 and against the region names of Node's own ICU). A test fails when ICU learns a code
 * that is missing here. Codes that are only reserved (EU, UK) or user-assigned (XK) are not in the standard's list.
 *
 * A list and not the package: its one entry point carries 355 kB of subdivisions, and these change every few years.
 */
const assigned = `
  AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL
  BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV
  CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
  GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM
  IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK
  LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
  MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR
  PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS
  ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
  UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`;

/** All 249, in alphabetical order. Where a code stands says which bit of a `TerritorySet` it is, within one process. */
export const territoryCodes: readonly string[] = assigned.trim().split(/\s+/);
