// arcbatch: the program.
#include "command_line.h"
#include "commands.h"

int main(int argc, char** argv) {
  return arcbatch::cli::run_command_line(argc, argv, &arcbatch::cli::add_bench);
}
