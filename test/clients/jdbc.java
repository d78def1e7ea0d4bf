import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.sql.*;
import java.util.Properties;

/** pgJDBC, as Metabase, DBeaver and Spark use it. */
class Jdbc {
    static String text(ResultSet rows, int column, int type) throws SQLException {
        Object value = rows.getObject(column);
        if (value == null) {
            return "NULL";
        }
        switch (type) {
            case Types.DOUBLE:
                return String.format("%016x", Double.doubleToRawLongBits(rows.getDouble(column)));
            case Types.BIT:
                return rows.getBoolean(column) ? "t" : "f";
            case Types.NUMERIC:
                throw new SQLException("a figure came as numeric");
            default:
                return value.toString();
        }
    }

    public static void main(String[] args) throws Exception {
        Properties login = new Properties();
        login.setProperty("user", System.getenv("PGUSER"));
        login.setProperty("password", System.getenv().getOrDefault("PGPASSWORD", ""));
        /* A statement of the server from the first execution on. */
        login.setProperty("prepareThreshold", "1");
        System.setOut(new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8));
        String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
        try (Connection connection = DriverManager.getConnection(url, login)) {
            ResultSet about = connection.getMetaData().getColumns(null, "coast", "trajectory_by_territory", "emissions");
            if (!about.next() || about.getInt("DATA_TYPE") != Types.DOUBLE || about.getString("REMARKS") == null) {
                throw new Exception("emissions is no double with a remark");
            }
            for (String line : Files.readAllLines(Path.of("test/clients/queries.txt"))) {
                String[] part = line.split("\\|", 3);
                try (PreparedStatement statement = connection.prepareStatement(part[2], ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
                    statement.setString(1, part[1]);
                    ResultSet rows = statement.executeQuery();
                    ResultSetMetaData columns = rows.getMetaData();
                    for (int column = 1; column <= columns.getColumnCount(); column++) {
                        rows.beforeFirst();
                        for (int place = 0; rows.next(); place++) {
                            System.out.println(part[0] + " " + place + " " + columns.getColumnLabel(column) + " = " + text(rows, column, columns.getColumnType(column)));
                        }
                    }
                }
            }
        }
    }
}
