package dev.fairway.apiserver.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanDurationTest {

    @ParameterizedTest
    @CsvSource({
        "-5s,<invalid>", "-1s,0s", "0s,0s", "1s,1s", "119s,119s", "120s,2m", "121s,2m1s", "599s,9m59s", "10m,10m",
        "10m59s,10m", "179m,179m", "180m,3h", "181m,3h1m", "7h59m,7h59m", "8h,8h", "47h,47h", "48h,2d", "49h,2d1h",
        "191h,7d23h", "192h,8d", "17519h,729d", "17520h,2y", "17544h,2y1d", "70079h,7y364d", "70080h,8y", "87600h,10y",
    })
    void agesAreAsShortAsKubectlPrintsThem(String duration, String expected) {
        assertEquals(expected, HumanDuration.of(parse(duration)));
    }

    private static Duration parse(String text) {
        return Duration.parse((text.startsWith("-") ? "-PT" : "PT") + text.replace("-", ""));
    }
}
