/* cmd_doctor.c - `layoutbench doctor`: what would make the measurements better, and what to do. */
#include "harness/base/pin.h"
#include "harness/commands/cmd.h"
#include "harness/machine/doctor.h"

#include <json-c/json.h>

static void print_json(FILE *out, const struct lb_conditions *conditions)
{
    struct json_object *array = lb_conditions_to_json(conditions);
    fprintf(out, "%s\n",
            json_object_to_json_string_ext(array, JSON_C_TO_STRING_PRETTY |
                                                      JSON_C_TO_STRING_SPACED |
                                                      JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(array);
}

int lb_cmd_doctor(const struct lb_options *options)
{
    struct lb_error error;
    struct lb_machine machine;
    struct lb_conditions conditions;
    enum lb_status status = lb_machine_read(NULL, &machine, &error);
    if (status == LB_OK && options->cpu != LB_CPU_NONE)
        status = lb_machine_use_cpu(NULL, options->cpu, &machine, &error);
    if (status == LB_OK)
        status = lb_doctor_report(NULL, &machine, &conditions, &error);
    if (status != LB_OK)
        return lb_cmd_complain(status, &error);
    if (options->format[0] == 'j')
        print_json(stdout, &conditions);
    else
        lb_doctor_print(stdout, &machine, &conditions);
    return LB_EXIT_FINE;
}
