# Writes OUTPUT, a C file with the text of each file of SCRIPTS (separated by ;) as one entry of plot_scripts.
set(text "/* Made by plots/embed.cmake. */\n#include \"plots/scripts.h\"\n\nconst struct plot_script plot_scripts[] = {\n")
foreach(script ${SCRIPTS})
  get_filename_component(name ${script} NAME)
  string(APPEND text "    {\"${name}\",\n")
  file(READ ${script} body)
  string(REPLACE "\\" "\\\\" body "${body}")
  string(REPLACE "\"" "\\\"" body "${body}")
  string(REPLACE "?" "\\?" body "${body}") # lest two of them begin a trigraph
  string(REPLACE "\n" "\\n\"\n     \"" body "${body}")
  string(APPEND text "     \"${body}\"},\n")
endforeach()
string(APPEND text "    {0, 0},\n};\n")
file(WRITE ${OUTPUT} "${text}")
