/*
 * gas.c
 *		The greenhouse gases, and what a kilogram of each is worth.
 *
 * Global warming potentials over 100 years: IPCC AR4 WG1 table 2.14, AR5 WG1
 * table 8.A.1 (without climate-carbon feedbacks), AR6 WG1 table 7.SM.7, as
 * collected by openclimatedata/globalwarmingpotentials (CC0).
 *
 * The methane of known origin: AR5 table 8.A.1 adds 2 to fossil methane for the
 * CO2 it becomes; AR6 table 7.15 gives 29.8 fossil and 27.0 non-fossil, where
 * plain CH4 (27.9) is the radiative value that leaves its CO2 out; AR4 makes no
 * distinction.
 */
#include "quantity/gas.h"

/* The sets, by IPCC assessment report: the order of the numbers below. */
static const char *const set_names[] = { "AR4", "AR5", "AR6" };

#define SETS ((int) (sizeof(set_names) / sizeof(set_names[0])))

const name_list gwp_sets = { "set of global warming potentials", SETS, set_names };

/* AR5 is the rule of the Paris Agreement. */
const gwp_set gwp_default = 1;

typedef struct gas_info
{
	const char *name;
	double gwp[SETS]; /* kg CO2e per kg, or GWP_NONE */
	bool memo;        /* reported beside the total, not in it */
} gas_info;

/*
 * The id of a gas is its place in this table, counted from 1.  Ids are stored
 * on disk: append only, never move or remove a line.
 */
static const gas_info gases[] = {
	{ "CO2", { 1, 1, 1 }, false },
	{ "CO2_biogenic", { GWP_NONE, GWP_NONE, GWP_NONE }, true },
	{ "CH4", { 25, 28, 27.9 }, false },
	{ "CH4_fossil", { 25, 30, 29.8 }, false },
	{ "CH4_biogenic", { 25, 28, 27 }, false },
	{ "N2O", { 298, 265, 273 }, false },
	{ "CFC11", { 4750, 4660, 6230 }, false },
	{ "CFC12", { 10900, 10200, 12500 }, false },
	{ "CFC13", { 14400, 13900, 16200 }, false },
	{ "CFC113", { 6130, 5820, 6520 }, false },
	{ "CFC114", { 10000, 8590, 9430 }, false },
	{ "CFC115", { 7370, 7670, 9600 }, false },
	{ "Halon1301", { 7140, 6290, 7200 }, false },
	{ "Halon1211", { 1890, 1750, 1930 }, false },
	{ "Halon2402", { 1640, 1470, 2170 }, false },
	{ "Halon1202", { GWP_NONE, GWP_NONE, 216 }, false },
	{ "CCl4", { 1400, 1730, 2200 }, false },
	{ "CH3Br", { 5, 2, 2.43 }, false },
	{ "CH3CCl3", { 146, 160, 161 }, false },
	{ "HCFC21", { GWP_NONE, 148, 160 }, false },
	{ "HCFC22", { 1810, 1760, 1960 }, false },
	{ "HCFC123", { 77, 79, 90.4 }, false },
	{ "HCFC124", { 609, 527, 597 }, false },
	{ "HCFC141b", { 725, 782, 860 }, false },
	{ "HCFC142b", { 2310, 1980, 2300 }, false },
	{ "HCFC225ca", { 122, 127, 137 }, false },
	{ "HCFC225cb", { 595, 525, 568 }, false },
	{ "HFC23", { 14800, 12400, 14600 }, false },
	{ "HFC32", { 675, 677, 771 }, false },
	{ "HFC41", { GWP_NONE, 116, 135 }, false },
	{ "HFC125", { 3500, 3170, 3740 }, false },
	{ "HFC134", { GWP_NONE, 1120, 1260 }, false },
	{ "HFC134a", { 1430, 1300, 1530 }, false },
	{ "HFC143", { GWP_NONE, 328, 364 }, false },
	{ "HFC143a", { 4470, 4800, 5810 }, false },
	{ "HFC152", { GWP_NONE, 16, 21.5 }, false },
	{ "HFC152a", { 124, 138, 164 }, false },
	{ "HFC161", { GWP_NONE, 4, 4.84 }, false },
	{ "HFC227ea", { 3220, 3350, 3600 }, false },
	{ "HFC236cb", { GWP_NONE, 1210, 1350 }, false },
	{ "HFC236ea", { GWP_NONE, 1330, 1500 }, false },
	{ "HFC236fa", { 9810, 8060, 8690 }, false },
	{ "HFC245ca", { GWP_NONE, 716, 787 }, false },
	{ "HFC245fa", { 1030, 858, 962 }, false },
	{ "HFC365mfc", { 794, 804, 914 }, false },
	{ "HFC4310mee", { 1640, 1650, 1600 }, false },
	{ "SO2F2", { GWP_NONE, 4090, 4630 }, false },
	{ "SF6", { 22800, 23500, 25200 }, false },
	{ "NF3", { 17200, 16100, 17400 }, false },
	{ "CF4", { 7390, 6630, 7380 }, false },
	{ "C2F6", { 12200, 11100, 12400 }, false },
	{ "C3F8", { 8830, 8900, 9290 }, false },
	{ "cC4F8", { 10300, 9540, 10200 }, false },
	{ "C4F10", { 8860, 9200, 10000 }, false },
	{ "C5F12", { 9160, 8550, 9220 }, false },
	{ "C6F14", { 9300, 7910, 8620 }, false },
	{ "C7F16", { GWP_NONE, 7820, 8410 }, false },
	{ "C8F18", { GWP_NONE, 7620, 8260 }, false },
	{ "C10F18", { GWP_NONE, 7190, 7480 }, false },
	{ "SF5CF3", { 17700, 17400, 18500 }, false },
	{ "cC3F6", { GWP_NONE, 9200, GWP_NONE }, false },
	{ "HFE125", { 14900, 12400, 14300 }, false },
	{ "HFE134", { 6320, 5560, 6630 }, false },
	{ "HFE143a", { 756, 523, 616 }, false },
	{ "HCFE235da2", { 350, 491, 539 }, false },
	{ "HFE245cb2", { 708, 654, 747 }, false },
	{ "HFE245fa2", { 659, 812, 878 }, false },
	{ "HFE347mcc3", { 575, 530, 576 }, false },
	{ "HFE347pcf2", { 580, 889, 980 }, false },
	{ "HFE356pcc3", { 110, 413, 277 }, false },
	{ "HFE569sf2", { 59, 57, 60.7 }, false },
	{ "HFE4310pccc124", { 1870, 2820, 3220 }, false },
	{ "HFE236ca12", { 2800, 5350, 6060 }, false },
	{ "HFE338pcc13", { 1500, 2910, 3320 }, false },
	{ "HFE227ea", { GWP_NONE, 6450, 7520 }, false },
	{ "HFE236ea2", { GWP_NONE, 1790, 2590 }, false },
	{ "HFE236fa", { GWP_NONE, 979, 1100 }, false },
	{ "HFE245fa1", { GWP_NONE, 828, 934 }, false },
	{ "HFE263fb2", { GWP_NONE, 1, GWP_NONE }, false },
	{ "HFE329mcc2", { GWP_NONE, 3070, 3770 }, false },
	{ "HFE338mcf2", { GWP_NONE, 929, 1040 }, false },
	{ "HFE347mcf2", { GWP_NONE, 854, 963 }, false },
	{ "HFE356mec3", { GWP_NONE, 387, 264 }, false },
	{ "HFE356pcf2", { GWP_NONE, 719, 831 }, false },
	{ "HFE356pcf3", { GWP_NONE, 446, 484 }, false },
	{ "HFE365mcf3", { GWP_NONE, GWP_NONE, 1.6 }, false },
	{ "HFE374pc2", { GWP_NONE, 627, 12.5 }, false },
	{ "PFPMIE", { 10300, 9710, 10300 }, false },
	{ "CHCl3", { GWP_NONE, 16, 20.6 }, false },
	{ "CH2Cl2", { 8.7, 9, 11.2 }, false },
	{ "CH3Cl", { 13, 12, 5.54 }, false },
	{ "Halon1201", { GWP_NONE, 376, 380 }, false },
};

#define GAS_COUNT ((int) (sizeof(gases) / sizeof(gases[0])))

_Static_assert(sizeof(gases) / sizeof(gases[0]) <= GAS_MAX, "too many gases");

/* How many gases there are. */
int
gas_count(void)
{
	return GAS_COUNT;
}

/* The name of a gas by its id, NULL when there is none. */
const char *
gas_name(int id)
{
	return id < 1 || id > GAS_COUNT ? NULL : gases[id - 1].name;
}

/* Whether a gas there is stands beside the total. */
bool
gas_is_memo(int id)
{
	return gases[id - 1].memo;
}

/* What a kilogram of a gas there is equals of CO2, GWP_NONE when the set does not say. */
double
gas_gwp(int id, gwp_set set)
{
	return gases[id - 1].gwp[set];
}

/*
 * The id of a gas by its exact name, 0 when there is none.  The common gases
 * come first, so a plain scan finds them at once.
 */
int
gas_find(const char *name, size_t len)
{
	for (int i = 0; i < GAS_COUNT; i++)
	{
		if (strlen(gases[i].name) == len && memcmp(gases[i].name, name, len) == 0)
			return i + 1;
	}
	return 0;
}
